// Every operation of the admin API: one list, from which routes and description are made. Used by admin-api.ts and describe.ts.
import { accessDecisionOperations } from './access-decisions.ts';
import { accessPreviewOperations } from './access-preview.ts';
import { accessRequestOperations } from './access-requests.ts';
import { adapterOperations } from './adapters.ts';
import { agreementOperations } from './agreements.ts';
import { applicationOperations } from './applications.ts';
import type { Operation } from './call.ts';
import { changeOperations } from './changes.ts';
import { auditOperations } from './audit.ts';
import { accessOverviewOperations } from './access-overview.ts';
import { delegationOperations } from './delegations.ts';
import { documentOperations } from './documents.ts';
import { erasureOperations } from './erasures.ts';
import { eventOperations } from './events.ts';
import { explanationOperations } from './explanations.ts';
import { exportOperations } from './exports.ts';
import { exportScheduleOperations } from './export-schedules.ts';
import { grantOperations } from './grants.ts';
import { keyOperations } from './keys.ts';
import { linkOperations } from './links.ts';
import { messageDestinationOperations } from './message-destinations.ts';
import { organisationOperations } from './organisations.ts';
import { qualityOperations } from './quality.ts';
import { promotionOperations } from './promotions.ts';
import { runOperations } from './runs.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { usageOperations } from './usage.ts';
import { useHealthOperations } from './use-health.ts';

/** In the order of the description. */
export const operations: readonly Operation[] = [
  ...keyOperations,
  ...organisationOperations,
  ...applicationOperations,
  ...useHealthOperations,
  ...documentOperations,
  ...grantOperations,
  ...linkOperations,
  ...delegationOperations,
  ...accessOverviewOperations,
  ...agreementOperations,
  ...accessRequestOperations,
  ...accessPreviewOperations,
  ...accessDecisionOperations,
  ...usageOperations,
  ...adapterOperations,
  ...runOperations,
  ...eventOperations,
  ...exportOperations,
  ...exportScheduleOperations,
  ...qualityOperations,
  ...changeOperations,
  ...subscriptionOperations,
  ...messageDestinationOperations,
  ...promotionOperations,
  ...auditOperations,
  ...explanationOperations,
  ...erasureOperations,
];
