import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { everyFunction, type Functions } from '../functions.ts'

/** Saves two queries in CloudWatch Logs Insights: one for a producer's question, one for sorting dead letters. */
export function saveQueries(scope: Construct, stageName: string, functions: Functions): void {
  const logGroups = everyFunction(functions).map(({ logGroup }) => logGroup)
  new QueryDefinition(scope, 'WhatHappenedToMyEvent', {
    queryDefinitionName: `BreachReset/${stageName}/what-happened-to-my-event`,
    logGroups,
    queryString: new QueryString({
      filterStatements: ['event_id = "PUT-THE-ID-OF-THE-EVENT-HERE"'],
      statsStatements: [
        'count(*) as lines, min(@timestamp) as first, max(@timestamp) as last by event_source, service, message, outcome, code',
      ],
      sort: 'lines desc',
    }),
  })
  new QueryDefinition(scope, 'DeadLettersByCode', {
    queryDefinitionName: `BreachReset/${stageName}/dead-letters-by-code`,
    logGroups,
    queryString: new QueryString({
      filterStatements: ['outcome = "dead_lettered" or message = "event dead-lettered"'],
      statsStatements: ['count(*) as lines by code, event_source, event_id'],
      sort: 'lines desc',
    }),
  })
}
