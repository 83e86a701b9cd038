// hub/writing.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/writing.test.ts';
