"""SQL that every migration uses to wall in a table: row-level security by court, append-only, grants.

Levels (domain §14): the application role owns nothing; without a scope a query finds no row; an insert outside the
scope is refused. ``ankuan.courts`` holds the actor's courts as an array literal, ``*`` for the platform itself.
"""

from sqlalchemy import Connection

SCOPE_FUNCTION = """
create function ankuan_scope() returns int[] language sql stable parallel safe as $$
  select case when current_setting('ankuan.courts', true) = '*' then null
              else nullif(current_setting('ankuan.courts', true), '')::int[] end
$$;
create function ankuan_scope_is_all() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('ankuan.courts', true) = '*', false)
$$;
create function ankuan_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name using errcode = 'AK001';
end $$;
"""


def by_court(table: str, *, grants: str = "select, insert, update") -> str:
    """Row-level security on ``court_id``, forced, and the application's rights."""
    condition = "(select ankuan_scope_is_all()) or court_id = any ((select ankuan_scope())::int[])"
    return f"""
    alter table {table} enable row level security;
    alter table {table} force row level security;
    create policy by_court on {table} using ({condition}) with check ({condition});
    grant {grants} on {table} to ankuan_app;
    """


def public_reference(table: str, *, grants: str = "select") -> str:
    """A table without court data that everybody signed in may read."""
    return f"grant {grants} on {table} to ankuan_app;"


def append_only(table: str) -> str:
    """Refuse updates, deletes and truncation even from the owner; rows are history."""
    return f"""
    create trigger append_only before update or delete on {table}
      for each row execute function ankuan_refuse_change();
    create trigger append_only_truncate before truncate on {table}
      for each statement execute function ankuan_refuse_change();
    """


def run_script(bind: Connection, script: str) -> None:
    """Run several SQL statements inside the migration's transaction.

    asyncpg prepares what SQLAlchemy sends, and a prepared statement is one statement; its own ``execute`` is not.
    """
    bind.exec_driver_sql("select 1")  # makes sure that the transaction has begun
    bind.connection.dbapi_connection.run_async(lambda connection: connection.execute(script))  # type: ignore[union-attr]
