import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { CallLog } from './create-call-log.ts'
import type { ControlApi } from './create-control-api.ts'
import type { ServeRequireReset } from './create-serve-require-reset.ts'
import { errorAnswer } from './error-answer.ts'
import { sendAnswer } from './send-answer.ts'

const REQUIRE_RESET = 'POST /v1/b2b/passwords/email/require_reset'

/** Sends a request where it belongs: the endpoint, the control API (whose requests are not logged as calls), or 404. */
export function createRouteRequest(dependencies: {
  log: CallLog
  serveRequireReset: ServeRequireReset
  controlApi: ControlApi
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { log, serveRequireReset, controlApi } = dependencies

  return async (request, response) => {
    const route = `${request.method} ${request.url}`
    if (request.url?.startsWith('/simulator/')) {
      sendAnswer(response, controlApi(route, await text(request)))
      return
    }
    const call = log.open()
    if (route === REQUIRE_RESET) return serveRequireReset(request, response, call)
    request.resume()
    call.status = 404
    sendAnswer(response, errorAnswer(404, 'route_not_found', call.requestId))
  }
}
