// e2e/fsws-reports.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/fsws-reports.test.ts';
