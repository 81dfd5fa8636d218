const BEGINNING = 4

/** Returns whether a line holds any of so many texts, each of at least four characters. */
export function createTextFinder(texts: readonly string[]): (line: string) => boolean {
  const byBeginning = Map.groupBy(texts, (text) => text.slice(0, BEGINNING))
  const beginnings = [...byBeginning.keys()]
  return (line) =>
    beginnings.some((beginning) => {
      for (let at = line.indexOf(beginning); at !== -1; at = line.indexOf(beginning, at + 1)) {
        if (byBeginning.get(beginning)?.some((text) => line.startsWith(text, at))) return true
      }
      return false
    })
}
