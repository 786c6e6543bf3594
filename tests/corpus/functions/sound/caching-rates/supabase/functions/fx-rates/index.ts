import { z } from 'npm:zod@3.23.8'

const Rates = z.object({ base: z.literal('EUR'), rates: z.record(z.string().length(3), z.number().positive()) })
const TTL = 15 * 60_000

let cached: { at: number; rates: Record<string, number> } | null = null

async function rates(): Promise<Record<string, number>> {
  if (cached && Date.now() - cached.at < TTL) return cached.rates
  const res = await fetch('https://api.frankfurter.app/latest?from=EUR', { signal: AbortSignal.timeout(4000) })
  if (!res.ok) throw new Error(`frankfurter ${res.status}`)
  cached = { at: Date.now(), rates: Rates.parse(await res.json()).rates }
  return cached.rates
}

Deno.serve(async (req) => {
  const wanted = (new URL(req.url).searchParams.get('symbols') ?? 'USD').split(',').slice(0, 10)
  try {
    const all = await rates()
    const picked = Object.fromEntries(wanted.filter((s) => Object.hasOwn(all, s)).map((s) => [s, all[s]]))
    return Response.json({ base: 'EUR', rates: picked }, { headers: { 'Cache-Control': 'public, max-age=300' } })
  } catch (e) {
    if (cached) {
      console.warn('serving stale rates', e)
      return Response.json({ base: 'EUR', rates: cached.rates, stale: true })
    }
    console.error('fx-rates', e)
    return Response.json({ error: 'rates unavailable' }, { status: 503 })
  }
})
