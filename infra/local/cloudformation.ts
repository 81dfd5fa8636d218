import type { ServerResponse } from 'node:http'
import { type AwsEndpoint, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'
import type { Resolver, Template } from './template.ts'

/** Outputs by stack. */
type Stacks = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Starts CloudFormation with one action, DescribeStacks of one stack by its name, on a free port of 127.0.0.1. It answers the stack's outputs. */
export async function startCloudFormation(
  stacks: Stacks,
  { token }: Pick<EndpointOptions, 'token'> = {},
): Promise<AwsEndpoint> {
  return startAwsEndpoint({
    service: 'cloudformation',
    token,
    refuse: answerError,
    read: (_request, text) => {
      const body = Object.fromEntries(new URLSearchParams(text))
      return { action: body.Action ?? '', body }
    },
    serve({ call, response }) {
      const { StackName = '' } = call.body as Record<string, string>
      const outputs = Object.hasOwn(stacks, StackName) ? stacks[StackName] : undefined
      if (call.action === 'DescribeStacks' && outputs)
        return answer(response, 200, describe(StackName, outputs))
      if (call.action === 'DescribeStacks')
        return answerError(response, 400, 'ValidationError', `Stack with id ${StackName} does not exist`)
      const message = `The local CloudFormation has no action ${call.action}.`
      return answerError(response, 400, 'InvalidAction', message)
    },
  })
}

/**
 * What the template's outputs are here. What exists only at AWS and has no part in the local system, such as keys, has a made-up name.
 */
export function resolveOutputs(
  { Resources, Outputs = {} }: Template,
  resolver: Resolver,
): Record<string, string> {
  for (const [logicalId, { Type }] of Object.entries(Resources)) {
    if (resolver.isDefined(logicalId)) continue
    const [, service = ''] = Type.toLowerCase().split('::')
    const Arn = `arn:aws:${service}:us-east-1:000000000000:${logicalId}`
    resolver.define(logicalId, { ref: Type === 'AWS::SNS::Topic' ? Arn : logicalId, attributes: { Arn } })
  }
  const resolved = Object.entries(Outputs).map(([name, { Value }]) => [name, String(resolver.resolve(Value))])
  return Object.fromEntries(resolved)
}

const NAMESPACE = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"'

function describe(stackName: string, outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member>${element('OutputKey', key)}${element('OutputValue', value)}</member>`,
  )
  const stack =
    element('StackName', stackName) +
    element('StackStatus', 'CREATE_COMPLETE') +
    element('CreationTime', '2026-01-01T00:00:00Z') +
    `<Outputs>${members.join('')}</Outputs>`
  return `<DescribeStacksResponse ${NAMESPACE}><DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<${name}>${escaped}</${name}>`
}

function answerError(response: ServerResponse, status: number, code: string, message: string): void {
  const error = element('Type', 'Sender') + element('Code', code) + element('Message', message)
  answer(response, status, `<ErrorResponse ${NAMESPACE}><Error>${error}</Error></ErrorResponse>`)
}

function answer(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
}
