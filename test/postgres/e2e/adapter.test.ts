// e2e/adapter.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/adapter.test.ts';
