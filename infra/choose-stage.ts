import type { Environment } from 'aws-cdk-lib'
import type { DeployedStage, StageSettings } from './stages.ts'

/** What the CDK's command sets: where you are signed in. Without an account nobody is, and the region is only a guess. */
type SignedIn = Partial<Record<'CDK_DEFAULT_ACCOUNT' | 'CDK_DEFAULT_REGION', string | undefined>>

/**
 * The stage that `-c stage=<name>` names, and where it is deployed: where you are signed in, or where it belongs, or anywhere.
 * Throws an Error that lists the stages, or says that this one belongs elsewhere.
 */
export function chooseStage(
  stages: Readonly<Record<string, DeployedStage>>,
  name: unknown,
  { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION }: SignedIn,
): { stageName: string; stage: StageSettings; env: Environment } {
  const chosen = Object.entries(stages).find(([stageName]) => stageName === name)
  if (!chosen) {
    const problem =
      typeof name === 'string' ? `infra/stages.ts has no stage ${name}.` : 'which stage of infra/stages.ts?'
    throw new Error(`${problem} ${describeChoice(Object.keys(stages))}`)
  }
  const [stageName, { account, region, ...stage }] = chosen
  if (account !== undefined && !(typeof account === 'string' && /^\d{12}$/.test(account)))
    throw new Error(`account of stage ${stageName} must be the 12 digits of an AWS account, in quotes`)
  const here = { account: CDK_DEFAULT_ACCOUNT, region: CDK_DEFAULT_REGION }
  if (here.account) {
    assertHere(stageName, 'account', account, here.account)
    assertHere(stageName, 'region', region, here.region)
  }
  const place = here.account ? here : { account, region }
  return {
    ...{ stageName, stage },
    env: { ...(place.account && { account: place.account }), ...(place.region && { region: place.region }) },
  }
}

function describeChoice(names: string[]): string {
  const choices = names.map((name) => `-c stage=${name}`)
  return choices.length > 0 ? `Add ${choices.join(' or ')}` : 'It has none'
}

function assertHere(
  stageName: string,
  what: 'account' | 'region',
  named: string | undefined,
  actual: string | undefined,
): void {
  if (named === undefined || named === actual) return
  throw new Error(
    `stage ${stageName} belongs to ${what} ${named}, and your AWS profile has ${actual}: choose another profile, as in export AWS_PROFILE=<name>, or change the stage in infra/stages.ts`,
  )
}
