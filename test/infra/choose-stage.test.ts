import { describe, expect, it } from 'vitest'
import { chooseStage } from '../../infra/choose-stage.ts'

const settings = { stytchEnvironment: 'live', stytchRequestsPerSecond: 50 } as const
const [account, region] = ['111122223333', 'eu-central-1']
const stages = { dev: settings, prod: { ...settings, account, region } }
const here = { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region }

describe('the stage that cdk works on', () => {
  it.each([
    ['no stage', undefined, 'which stage of infra/stages.ts?'],
    ['another', 'prd', 'infra/stages.ts has no stage prd.'],
    ['an inherited name', 'toString', 'infra/stages.ts has no stage toString.'],
    ['a flag without a value', true, 'which stage of infra/stages.ts?'],
  ])('is one of the file, which are listed for %s', (_, name, problem) => {
    expect(() => chooseStage(stages, name, here)).toThrow(`${problem} Add -c stage=dev or -c stage=prod`)
  })

  it('is deployed where it belongs, and otherwise where you are signed in', () => {
    expect(chooseStage(stages, 'prod', here)).toEqual({
      ...{ stageName: 'prod', stage: settings, env: { account, region } },
    })
    const elsewhere = { CDK_DEFAULT_ACCOUNT: '444455556666', CDK_DEFAULT_REGION: 'us-east-1' }
    const { env } = chooseStage(stages, 'dev', elsewhere)
    expect(env).toEqual({ account: '444455556666', region: 'us-east-1' })
  })

  it.each([
    ['account 111122223333, and your AWS profile has 444455556666', { CDK_DEFAULT_ACCOUNT: '444455556666' }],
    ['region eu-central-1, and your AWS profile has us-east-1', { CDK_DEFAULT_REGION: 'us-east-1' }],
  ])('is refused elsewhere: it belongs to %s', (problem, signedIn) => {
    expect(() => chooseStage(stages, 'prod', { ...here, ...signedIn })).toThrow(
      `stage prod belongs to ${problem}: choose another profile`,
    )
  })

  it("can be synthesized without signing in, and then the CDK's guess of a region does not count", () => {
    const guess = { CDK_DEFAULT_REGION: 'us-east-1' }
    expect(chooseStage(stages, 'prod', guess).env).toEqual({ account, region })
    expect(chooseStage(stages, 'dev', guess).env).toEqual({})
  })

  it.each([11_112_222_333, 111_122_223_333])(
    'names its account in quotes, not as %i: a number would lose leading zeros',
    (number) => {
      const wrong = { prod: { ...settings, account: number as never } }
      expect(() => chooseStage(wrong, 'prod', {})).toThrow('account of stage prod must be the 12 digits')
    },
  )
})
