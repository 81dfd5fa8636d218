/** What a local Lambda function is made of. `assetDirectory` holds the bundle and lies outside any package. */
export type FunctionOptions = {
  /** Also the access key id that the function signs with, so that local AWS endpoints know who calls. */
  name: string
  assetDirectory: string
  /** `file.export`, as in the template. */
  handler: string
  environment: Record<string, string>
  timeoutMs: number
  memoryMb: number
  /** Invocations beyond this many at once wait for a free environment; unlimited when absent. */
  maximumEnvironments?: number
  /** How long the code outside the handler may take; AWS allows 10 s, the default. */
  initTimeoutMs?: number
  /** Gets every stdout and stderr line of every environment. */
  onLog(line: string): void
  /**
   * Asked when the runtime client posts its response, before the service accepts it. After `drop` it is never accepted
   * and the environment is killed: the crash between the work and its acknowledgement. Must not reject.
   */
  beforeResponse?(invocation: { requestId: string; payload: unknown }): Promise<'pass' | 'drop'>
}
