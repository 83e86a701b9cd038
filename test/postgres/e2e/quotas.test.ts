// e2e/quotas.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/quotas.test.ts';
