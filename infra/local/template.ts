/** The part of a CloudFormation template that the local system reads. */
export type Template = { Resources: Record<string, { Type: string; Properties?: unknown }> }
