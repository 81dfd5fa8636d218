/** The parts of the memory that Lambda's Node runtime leaves to V8's old space and to each half of its young one. */
const OLD_SPACE_SHARE = 0.9
const SEMI_SPACE_SHARE = 0.05

/** What Lambda's Node runtime tells V8 of a function's memory, in MB, as arguments of `node`. */
export function heapFlags(memoryMb: number): string[] {
  const megabytes = (share: number) => Math.floor(memoryMb * share)
  return [
    `--max-old-space-size=${megabytes(OLD_SPACE_SHARE)}`,
    `--max-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
    // V8 would double it from 1 MB while the work goes on, which from outside looks like a leak.
    `--min-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
  ]
}
