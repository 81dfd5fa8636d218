/**
 * AWS list prices in US dollars for us-east-1, without free tier and volume discounts: aws.amazon.com/lambda/pricing (arm64),
 * /sqs/pricing (standard queue, a request per started 64 KB) and /dynamodb/pricing (on demand, standard table class).
 */
export const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.4e-6,
  dynamoDbWriteUnit: 0.625e-6,
  dynamoDbReadUnit: 0.125e-6,
}
