/** A whole HTTP answer. */
export type Answer = { status: number; contentType: string; body: string; headers?: Record<string, string> }

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body), headers }
}
