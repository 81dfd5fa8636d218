// AWS's runtime client makes its HTTP calls in a native addon (`rapid-client.node`) that needs cmake and a compiler to build.
// Preloaded with --require, this replaces the addon with node:http, so that the client runs unmodified.
const http = require('node:http')
const Module = require('node:module')
const net = require('node:net')

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const token = process.env.AWS_SESSION_TOKEN
const { request: send } = http
// Some calls the client makes itself. The local runtime API serves none without the token.
http.request = (options, ...rest) => {
  if (Number(options.port) !== Number(port)) return send(options, ...rest)
  return send({ ...options, headers: { ...options.headers, 'x-amz-security-token': token } }, ...rest)
}
const agent = new http.Agent({ keepAlive: true })
let posted = Promise.resolve()

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime${path}`, headers, agent })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }),
      )
    })
    request.end(body)
  })
}

// The addon posts synchronously; here the next invocation is asked for only once the post is answered.
function post(path, body) {
  if (typeof body !== 'string') throw new TypeError('Wrong arguments')
  posted = call('POST', path, body)
  posted.catch(() => process.exit(1))
}

const addon = {
  next: () => posted.then(() => call('GET', '/invocation/next')),
  done: (requestId, body) => post(`/invocation/${requestId}/response`, body),
  error: (requestId, body) => post(`/invocation/${requestId}/error`, body),
}

const load = Module._load
Module._load = function loadOrReplace(name, ...rest) {
  return name === './rapid-client.node' ? addon : load.call(this, name, ...rest)
}

// A host that was killed can't kill its environments: they notice that this connection closes.
net
  .connect(Number(port), host)
  .on('error', () => {})
  .on('close', () => process.exit(1))
  .unref()

// Ctrl-C reaches the whole process group, but only the host decides when an environment ends.
process.on('SIGINT', () => {})
