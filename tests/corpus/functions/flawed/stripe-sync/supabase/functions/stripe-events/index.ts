import Stripe from 'npm:stripe@16.12.0'
import { createClient } from 'npm:@supabase/supabase-js@2.45.4'

const env = (k: string) => {
  const v = Deno.env.get(k)
  if (!v) throw new Error(`${k} is required`)
  return v
}

const stripe = new Stripe(env('STRIPE_SECRET_KEY'), { httpClient: Stripe.createFetchHttpClient(), timeout: 10_000 })
const provider = Stripe.createSubtleCryptoProvider()
const signingSecret = env('STRIPE_WEBHOOK_SECRET')

async function apply(event: Stripe.Event) {
  const db = createClient(env('SUPABASE_URL'), env('SUPABASE_SERVICE_ROLE_KEY'))
  if (event.type === 'invoice.paid') {
    const invoice = event.data.object as Stripe.Invoice
    const { error } = await db.from('accounts').update({ paid_until: new Date(invoice.period_end * 1000) })
      .eq('stripe_customer', invoice.customer as string)
    if (error) throw error
  } else if (event.type === 'customer.subscription.deleted') {
    const sub = event.data.object as Stripe.Subscription
    const { error } = await db.from('accounts').update({ plan: 'free' }).eq('stripe_customer', sub.customer as string)
    if (error) throw error
  }
}

Deno.serve(async (req) => {
  const signature = req.headers.get('stripe-signature')
  if (!signature) return new Response('no signature', { status: 400 })

  let event: Stripe.Event
  try {
    event = await stripe.webhooks.constructEventAsync(await req.text(), signature, signingSecret, undefined, provider)
  } catch (e) {
    console.warn('signature rejected', (e as Error).message)
    return new Response('bad signature', { status: 400 })
  }

  try {
    await apply(event)
  } catch (e) {
    console.error('event not applied', event.id, e)
  }
  return Response.json({ received: true })
})
