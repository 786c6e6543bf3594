import { adminClient } from './db.ts'

export type Auth =
  | { kind: 'user'; userId: string }
  | { kind: 'denied'; response: Response }

export async function authenticate(req: Request): Promise<Auth> {
  const denied = (): Auth => ({ kind: 'denied', response: Response.json({ error: 'unauthorized' }, { status: 401 }) })
  const token = req.headers.get('Authorization')?.match(/^Bearer (.+)$/)?.[1]
  if (!token) return denied()
  const { data, error } = await adminClient().auth.getUser(token)
  if (error || !data.user) return denied()
  return { kind: 'user', userId: data.user.id }
}
