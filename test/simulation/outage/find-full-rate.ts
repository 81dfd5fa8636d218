/** Seconds from `end` to the first moment (all in ms, in order) from which on `enough` of them lie within one second. */
export function findFullRate(moments: readonly number[], end: number, enough: number): number | undefined {
  const later = moments.filter((moment) => moment >= end)
  const first = later.find((moment, index) => {
    const last = later[index + Math.ceil(enough) - 1]
    return last !== undefined && last - moment < 1000
  })
  return first === undefined ? undefined : (first - end) / 1000
}
