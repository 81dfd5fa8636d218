import type { IncomingHttpHeaders } from 'node:http'
import type { AwsCall } from './tap.ts'

/** Reads what an AWS JSON request asks for and who signed it. Throws a SyntaxError when the body is not JSON. */
export function readCall(service: AwsCall['service'], headers: IncomingHttpHeaders, body: Buffer): AwsCall {
  const target = String(headers['x-amz-target'] ?? '')
  return {
    service,
    action: target.slice(target.lastIndexOf('.') + 1),
    caller: /Credential=([^/\s]+)\//.exec(headers.authorization ?? '')?.[1] ?? '',
    body: body.length === 0 ? {} : JSON.parse(body.toString()),
  }
}
