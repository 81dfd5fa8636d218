/** A vendor's record with its path in the document. */
export type Located = readonly [where: string, record: unknown]

/** The records of a list, or the one record that is no list; `parent` is the path of either in the document. */
export function recordsOf(value: unknown, parent: readonly PropertyKey[] = []): Located[] {
  if (!Array.isArray(value)) return [[parent.join('.'), value]]
  return value.map((record, index) => [[...parent, index].join('.'), record])
}
