import { authenticate } from '@/auth.ts'
import { adminClient } from '@/db.ts'

interface BookingRequest {
  roomId: string
  startsAt: string
  endsAt: string
  guests: number
}

Deno.serve(async (req: Request): Promise<Response> => {
  const auth = await authenticate(req)
  if (auth.kind === 'denied') return auth.response

  const booking = (await req.json()) as BookingRequest

  const db = adminClient()
  const { data: free, error: freeError } = await db.rpc('room_is_free', {
    p_room: booking.roomId,
    p_from: booking.startsAt,
    p_to: booking.endsAt,
  })
  if (freeError) {
    console.error('room_is_free', freeError.code)
    return Response.json({ error: 'internal' }, { status: 500 })
  }
  if (!free) return Response.json({ error: 'room taken' }, { status: 409 })

  const { data, error } = await db.from('bookings').insert({
    room_id: booking.roomId,
    starts_at: booking.startsAt,
    ends_at: booking.endsAt,
    guests: booking.guests,
    booked_by: auth.userId,
  }).select('id').single()
  if (error) {
    console.error('booking insert', error.code)
    return Response.json({ error: 'internal' }, { status: 500 })
  }
  await db.from('room_calendar').upsert({ room_id: booking.roomId, booking_id: data.id })
  return Response.json({ id: data.id }, { status: 201 })
})
