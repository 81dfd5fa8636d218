import http from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (response: http.ServerResponse, request: http.IncomingMessage & { body: string }) => void

/** An HTTP server on 127.0.0.1 that answers by `answer` and keeps the requests. */
export async function startHttp(answer: Answer) {
  const requests: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    answer(response, Object.assign(request, { body }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
