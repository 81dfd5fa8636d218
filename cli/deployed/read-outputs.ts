import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'

/**
 * Reads outputs of a deployed stack by their names. Throws a sentence when one is missing, as in a stack that holds
 * Breach Reset as a construct beside other things and does not output it.
 */
export async function readOutputs<Name extends string>(
  cloudFormation: CloudFormationClient,
  stackName: string,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))
  const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
  const found = names.map((name) => [name, outputs.get(name)] as const)
  const missing = found.filter(([, value]) => !value).map(([name]) => name)
  if (missing.length > 0) throw new Error(`stack ${stackName} has no output ${missing.join(', ')}`)
  return Object.fromEntries(found) as Record<Name, string>
}
