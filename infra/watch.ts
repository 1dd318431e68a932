import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';
import { policyJson } from './policy/document.ts';
import { topicPolicy } from './policy/shared.ts';

/** The topic of all alarms, and the budget that alarms when the month gets expensive. Returns the topic's ARN. */
export function createWatch({ stack, config, names }: FleetContext, key: FleetKey): string {
  const topic = named(
    new SnsTopic(stack, 'alarms', { name: names.topic, kmsMasterKeyId: key.keyId, tags: { Name: names.topic } }),
    'alarms',
  );
  const speakers = named(
    new SnsTopicPolicy(stack, 'alarms-policy', { arn: topic.arn, policy: policyJson(topicPolicy(names)) }),
    'alarms_policy',
  );
  const { email, monthlyBudgetUsd } = config.alarms;
  if (email !== undefined) {
    named(
      new SnsTopicSubscription(stack, 'alarms-email', { topicArn: topic.arn, protocol: 'email', endpoint: email }),
      'alarms_email',
    );
  }
  if (monthlyBudgetUsd === 0) return topic.arn;
  const notify = (threshold: number, notificationType: 'ACTUAL' | 'FORECASTED') => ({
    comparisonOperator: 'GREATER_THAN',
    threshold,
    thresholdType: 'PERCENTAGE',
    notificationType,
    subscriberSnsTopicArns: [topic.arn],
  });
  named(
    // The whole account's: a filter by tag sees nothing until someone activates the tag for billing, and is silent.
    new BudgetsBudget(stack, 'budget', {
      name: `${names.stack}-monthly`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: monthlyBudgetUsd.toFixed(1),
      limitUnit: 'USD',
      notification: [notify(80, 'ACTUAL'), notify(100, 'ACTUAL'), notify(100, 'FORECASTED')],
      dependsOn: [speakers],
    }),
    'budget',
  );
  return topic.arn;
}
