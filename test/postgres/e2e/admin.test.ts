// e2e/admin.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/admin.test.ts';
