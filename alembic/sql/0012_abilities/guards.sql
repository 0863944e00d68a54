create or replace function instruction_is_lawful() returns trigger language plpgsql as $$
declare
  changing constant text[] := array['state', 'sends', 'sent', 'first_sent_at', 'last_sent_at', 'word', 'word_at',
    'refused_at', 'refused_first', 'refused_last', 'not_found_at', 'settled_at', 'booked_on', 'bank_ref', 'bank_code',
    'bank_message', 'next_try_at', 'lease_token', 'lease_until', 'waits_for', 'waits_until'];
begin
  if tg_op = 'DELETE' then
    raise exception 'instructions are never deleted' using errcode = 'AK001';
  end if;
  if tg_op = 'INSERT' then
    if new.state <> 'ready' or new.sends <> 0 or new.lease_token is not null then
      raise exception 'an instruction begins as ready and unsent' using errcode = 'AK002';
    end if;
    -- One payment has one order at a time (I5). Two that come at once fall over the unique issue_no.
    if exists (select from instruction i where i.court_id = new.court_id and i.origin_id = new.origin_id
                and (i.state <> 'refused' or i.issue_no >= new.issue_no)) then
      raise exception 'this origin has an order already' using errcode = 'unique_violation',
        constraint = 'uq_instruction_court_id_origin_id_issue_no';
    end if;
    return new;
  end if;
  if (to_jsonb(new) - changing) is distinct from (to_jsonb(old) - changing) then
    raise exception 'what an instruction orders is fixed' using errcode = 'AK001';
  end if;
  if new.state <> old.state and not instruction_transition_allowed(old.state, new.state) then
    raise exception 'instruction: % may not become %', old.state, new.state using errcode = 'AK002';
  end if;
  if new.sends < old.sends or new.sends > old.sends + 1 then
    raise exception 'sends are counted one by one' using errcode = 'AK002';
  end if;
  -- A byte may leave only in the state sending, and each send needs a lease of its own.
  if (new.sends > old.sends or (new.state = 'sending' and old.state <> 'sending'))
     and not (new.sends > old.sends and old.state = 'ready' and new.state = 'sending' and new.lease_token is not null)
  then
    raise exception 'a send starts from ready, under a lease' using errcode = 'AK002';
  end if;
  return new;
end $$;

-- Of a notice only the count of its repetitions changes.
create function bank_notice_is_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'notices are never deleted' using errcode = 'AK001';
  end if;
  if (to_jsonb(new) - array['times', 'last_at']) is distinct from (to_jsonb(old) - array['times', 'last_at'])
     or new.times < old.times then
    raise exception 'what a bank has called is fixed' using errcode = 'AK001';
  end if;
  return new;
end $$;
create trigger bank_notice_is_kept before update or delete on bank_notice
  for each row execute function bank_notice_is_kept();
create trigger bank_notice_is_not_truncated before truncate on bank_notice
  for each statement execute function ankuan_refuse_change();
