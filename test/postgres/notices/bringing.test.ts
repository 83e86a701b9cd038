// notices/bringing.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../notices/bringing.test.ts';
