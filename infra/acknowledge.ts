import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Acknowledges a finding of cdk-nag on the one resource where it is meant to be so. Every call is listed in acknowledged-findings.test.ts. */
export function acknowledge(resource: IConstruct, id: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(resource).acknowledge({ id, reason })
}
