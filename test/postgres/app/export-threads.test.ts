// app/export-threads.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../app/export-threads.test.ts';
