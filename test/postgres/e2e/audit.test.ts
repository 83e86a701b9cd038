// e2e/audit.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/audit.test.ts';
