import type { ServerResponse } from 'node:http'

/** Changes the body of an answer that is yet to be written, in one `end`; where `change` returns nothing the connection is closed instead. */
export function changeAnswer(response: ServerResponse, change: (body: string) => string | undefined): void {
  const end = response.end.bind(response)
  response.end = (body?: unknown) => {
    const changed = change(String(body))
    if (changed === undefined) return response.destroy()
    if (!response.headersSent)
      for (const name of ['content-length', 'x-amz-crc32']) response.removeHeader(name)
    return end(changed)
  }
}
