export async function captchaPassed(token: string): Promise<boolean> {
  const secret = Deno.env.get('TURNSTILE_SECRET')
  if (!secret) throw new Error('TURNSTILE_SECRET is not configured')
  const form = new FormData()
  form.set('secret', secret)
  form.set('response', token)
  const res = await fetch('https://challenges.cloudflare.com/turnstile/v0/siteverify', {
    method: 'POST',
    body: form,
    signal: AbortSignal.timeout(5000),
  })
  if (!res.ok) return false
  const out = await res.json()
  return out.success === true
}
