import { Stack } from 'aws-cdk-lib'
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { DashboardParts } from './dashboard-parts.ts'
import { functionsRow } from './functions-row.ts'
import { membersRow } from './members-row.ts'
import { overviewRow } from './overview-row.ts'
import { queuesRow } from './queues-row.ts'
import { stytchRow } from './stytch-row.ts'

/** The one screen of a stage, from "is it working" down to the functions. Its name holds the region: an account has its dashboards in all regions together. */
export function createDashboard(scope: Construct, parts: DashboardParts): Dashboard {
  const rows = [overviewRow, membersRow, stytchRow, queuesRow, functionsRow]
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `BreachReset-${parts.stageName}-${Stack.of(scope).region}`,
    widgets: rows.flatMap((row) => row(parts)),
  })
}
