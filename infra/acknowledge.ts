import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Acknowledges a cdk-nag finding on the one resource where it is intended. acknowledged-findings.test.ts lists every call. */
export function acknowledge(resource: IConstruct, id: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(resource).acknowledge({ id, reason })
}
