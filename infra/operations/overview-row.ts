import { AlarmStatusWidget, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { DashboardParts } from './dashboard-parts.ts'
import { runbookLink } from './runbook-link.ts'

const MODES = {
  enforce: 'members are reset',
  dry_run: '**dry run**: decisions are logged, nobody is called',
}

/** Is it working? */
export function overviewRow({ stageName, stage, alarms }: DashboardParts): IWidget[][] {
  const runbook = stage.runbookUrl
    ? `[runbook](${stage.runbookUrl})`
    : runbookLink(stage, '').replace('#', '')
  const text = new TextWidget({
    width: 24,
    height: 2,
    markdown: `## Breach Reset, ${stageName}: ${MODES[stage.mode]}\nThe description of a red alarm names its section of ${runbook}.`,
  })
  return [[text], [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 3, alarms: [...alarms] })]]
}
