/** Past its `expirytime` an event resets nobody. `now` in ms since the epoch. */
export function isExpired(event: { expirytime?: string | undefined }, now: number): boolean {
  return event.expirytime !== undefined && Date.parse(event.expirytime) < now
}
