// Every operation of the admin API: one list, from which routes and description are made. Used by admin-api.ts and describe.ts.
import { adapterOperations } from './adapters.ts';
import { applicationOperations } from './applications.ts';
import type { Operation } from './call.ts';
import { auditOperations } from './audit.ts';
import { erasureOperations } from './erasures.ts';
import { eventOperations } from './events.ts';
import { exportOperations } from './exports.ts';
import { exportScheduleOperations } from './export-schedules.ts';
import { grantOperations } from './grants.ts';
import { keyOperations } from './keys.ts';
import { linkOperations } from './links.ts';
import { organisationOperations } from './organisations.ts';
import { qualityOperations } from './quality.ts';
import { runOperations } from './runs.ts';
import { usageOperations } from './usage.ts';

/** In the order of the description. */
export const operations: readonly Operation[] = [
  ...keyOperations,
  ...organisationOperations,
  ...applicationOperations,
  ...grantOperations,
  ...linkOperations,
  ...usageOperations,
  ...adapterOperations,
  ...runOperations,
  ...eventOperations,
  ...exportOperations,
  ...exportScheduleOperations,
  ...qualityOperations,
  ...auditOperations,
  ...erasureOperations,
];
