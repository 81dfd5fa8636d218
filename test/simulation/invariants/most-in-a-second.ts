/** The most of the moments (ms, in order) that lie in any one second, the second's end excluded. */
export function mostInASecond(moments: readonly number[]): number {
  let first = 0
  let most = 0
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= 1000) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
