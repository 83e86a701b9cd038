// auth/links.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../auth/links.test.ts';
