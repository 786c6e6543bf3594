import { createClient } from 'npm:@supabase/supabase-js@2.45.4'

function userClient(req: Request) {
  return createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!, {
    global: { headers: { Authorization: req.headers.get('Authorization') ?? '' } },
  })
}

async function jobs(req: Request) {
  const { data, error } = await userClient(req).from('jobs').select('id, pickup, dropoff').eq('state', 'open').limit(50)
  if (error) {
    console.error('jobs', error.code)
    return Response.json({ error: 'unavailable' }, { status: 500 })
  }
  return Response.json({ jobs: data })
}

async function accept(req: Request) {
  const body = await req.json().catch(() => null)
  if (!Number.isInteger(body?.jobId)) return Response.json({ error: 'jobId' }, { status: 400 })
  const { error } = await userClient(req).rpc('accept_job', { p_job: body.jobId })
  if (error) {
    console.error('accept_job', error.code)
    return Response.json({ error: 'not accepted' }, { status: 409 })
  }
  return Response.json({ accepted: true })
}

Deno.serve((req) => {
  const { pathname } = new URL(req.url)
  switch (`${req.method} ${pathname}`) {
    case 'GET /jobs':
      return jobs(req)
    case 'POST /jobs/accept':
      return accept(req)
    default:
      return Response.json({ error: 'not found' }, { status: 404 })
  }
})
