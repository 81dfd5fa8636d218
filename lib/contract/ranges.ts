/** The whole numbers, given in ascending order, as ranges with both ends included. */
export function toRanges(ascending: Iterable<number>): [first: number, last: number][] {
  const ranges: [first: number, last: number][] = []
  for (const number of ascending) {
    const range = ranges.at(-1)
    if (range?.[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges
}

/** A range in words, such as `0-3`, or `9` for a single number. */
export function nameRange([first, last]: readonly [first: number, last: number]): string {
  return first === last ? `${first}` : `${first}-${last}`
}

/** Whole numbers as ranges in one text, such as `0-3,9`: each once, in ascending order. */
export function nameRanges(numbers: Iterable<number>): string {
  const ascending = [...new Set(numbers)].sort((a, b) => a - b)
  return toRanges(ascending).map(nameRange).join(',')
}

/** The numbers of a text that nameRanges made. */
export function parseRanges(text: string): number[] {
  if (text === '') return []
  return text.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: Math.max(0, last - first + 1) || 0 }, (_, offset) => first + offset)
  })
}
