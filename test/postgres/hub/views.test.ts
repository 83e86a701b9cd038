// hub/views.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/views.test.ts';
