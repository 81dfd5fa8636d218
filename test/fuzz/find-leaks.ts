const MARKED = /.{0,20}(?:@|%40|§)leak.{0,20}/gi

/** Planted values in what was told, with what stands around them. */
export function findLeaks(told: unknown): string[] {
  return JSON.stringify(told)?.match(MARKED) ?? []
}
