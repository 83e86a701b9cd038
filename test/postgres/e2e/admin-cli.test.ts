// e2e/admin-cli.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/admin-cli.test.ts';
