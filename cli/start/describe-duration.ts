/** A duration in words, as exact as anybody needs it: `40 s`, `12 min`, `2 h 5 min`. */
export function describeDuration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
