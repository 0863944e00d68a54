-- Raw messages are history that ends: they hold people's data, and are kept as long as the court's policy says. The
-- guard holds for the owner, too: nothing younger than these bounds goes, and nothing about an order still open.
create function raw_message_is_settled(p_court integer, p_instruction uuid) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select from instruction i where i.court_id = p_court and i.id = p_instruction
                      and i.state not in ('settled', 'refused'))
$$;
create function raw_message_is_kept() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'DELETE' then
    raise exception 'table raw_message is append-only' using errcode = 'AK001';
  end if;
  if old.started_at > clock_timestamp() - make_interval(days => case old.about when 'passing' then 30 else 365 end) then
    raise exception 'a raw message is kept longer' using errcode = 'AK001';
  end if;
  if not raw_message_is_settled(old.court_id, old.instruction_id) then
    raise exception 'a raw message about an open order is kept' using errcode = 'AK001';
  end if;
  return old;
end $$;
drop trigger append_only on raw_message;
create trigger append_only before update or delete on raw_message
  for each row execute function raw_message_is_kept();

-- Purges at most p_most messages of a court; returns how many. The application may purge by this function only.
create function purge_raw_messages(p_court integer, p_lasting_days integer, p_most integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  purged integer;
  youngest timestamptz;
begin
  if p_lasting_days < 365 or p_most < 1 then
    raise exception 'raw messages are kept for a year at least' using errcode = 'AK001';
  end if;
  with old as (
    -- Two questions, each answered by an index of its own: what passes is few among what lasts.
    (select m.court_id, m.id from raw_message m
      where m.court_id = p_court and m.about = 'passing' and m.started_at < clock_timestamp() - interval '30 days'
        and raw_message_is_settled(m.court_id, m.instruction_id)
      order by m.started_at limit p_most)
    union all
    (select m.court_id, m.id from raw_message m
      where m.court_id = p_court and m.started_at < clock_timestamp() - make_interval(days => p_lasting_days)
        and m.about = 'lasting' and raw_message_is_settled(m.court_id, m.instruction_id)
      order by m.started_at limit p_most)
    limit p_most
  ), gone as (
    delete from raw_message m using old where m.court_id = old.court_id and m.id = old.id returning m.started_at
  )
  select count(*), max(gone.started_at) into purged, youngest from gone;
  if purged > 0 then
    insert into raw_message_purge as kept values (p_court, (clock_timestamp() at time zone 'Asia/Shanghai')::date,
                                                  purged, youngest)
      on conflict (court_id, purged_on) do update
      set messages = kept.messages + excluded.messages, youngest_at = greatest(kept.youngest_at, excluded.youngest_at);
  end if;
  return purged;
end $$;
revoke execute on function purge_raw_messages from public;
grant execute on function purge_raw_messages to ankuan_app;
