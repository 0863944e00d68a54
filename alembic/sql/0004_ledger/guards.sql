-- A reversal is the mirror of an entry that is no reversal itself.
create function ledger_check_reversal() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from ledger_entry e
                  where e.court_id = new.court_id and e.id = new.reverses_id and e.reverses_id is null
                    and (e.debit_account, e.credit_account, e.amount_fen)
                        = (new.credit_account, new.debit_account, new.amount_fen)) then
    raise exception 'not_a_mirror' using errcode = 'AK015';
  end if;
  return new;
end $$;
create trigger reversal before insert on ledger_entry for each row
  when (new.reverses_id is not null) execute function ledger_check_reversal();

create function ledger_guard_hold() returns trigger language plpgsql as $$
begin
  if old.state <> 'reserved' or new.state not in ('posted', 'voided')
     or (old.court_id, old.id, old.fund_account_id, old.case_id, old.origin_id, old.amount_fen, old.reserved_at)
        is distinct from
        (new.court_id, new.id, new.fund_account_id, new.case_id, new.origin_id, new.amount_fen, new.reserved_at) then
    raise exception 'a hold goes from reserved to posted or voided, and nothing else of it changes'
      using errcode = 'AK002';
  end if;
  return new;
end $$;
create trigger life before update on ledger_hold for each row execute function ledger_guard_hold();
create function ledger_guard_new_hold() returns trigger language plpgsql as $$
begin
  if new.state <> 'reserved' then
    raise exception 'a hold begins as reserved' using errcode = 'AK002';
  end if;
  return new;
end $$;
create trigger birth before insert on ledger_hold for each row execute function ledger_guard_new_hold();
create trigger append_only before delete on ledger_hold for each row execute function ankuan_refuse_change();
create trigger append_only_truncate before truncate on ledger_hold
  for each statement execute function ankuan_refuse_change();

-- The held account's row carries the sum of the reserved holds, moved by the rows of ledger_hold alone ...
create function ledger_count_holds() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  sign int := case tg_op when 'INSERT' then 1 else -1 end;
  accounts int;
begin
  update ledger_balance b set reserved_fen = b.reserved_fen + sign * c.amount
    from (select a.court_id, a.id, sum(h.amount_fen)::bigint as amount
            from changed h
            join ledger_account a on a.court_id = h.court_id and a.fund_account_id = h.fund_account_id
                                 and a.kind = 'held' and a.owner_id = h.case_id
           group by a.court_id, a.id) as c
   where b.court_id = c.court_id and b.account_id = c.id;
  get diagnostics accounts = row_count;
  if accounts <> (select count(distinct (court_id, fund_account_id, case_id)) from changed) then
    raise exception 'a hold needs the held account of its case' using errcode = 'AK003';
  end if;
  return null;
end $$;
create trigger count_new after insert on ledger_hold referencing new table as changed
  for each statement execute function ledger_count_holds();
create trigger count_ended after update on ledger_hold referencing new table as changed
  for each statement execute function ledger_count_holds();

-- ... and its balance by entries alone: at the commit both must agree (I2 with payouts in flight).
create function ledger_check_held() returns trigger language plpgsql as $$
begin
  if exists (select 1 from ledger_balance b
              where b.court_id = new.court_id and b.account_id = new.account_id
                and b.balance_fen <> b.reserved_fen) then
    raise exception 'held account % of court % differs from its reserved holds', new.account_id, new.court_id
      using errcode = '23514', constraint = 'ck_ledger_balance_held', table = 'ledger_balance';
  end if;
  return null;
end $$;
create constraint trigger held_is_reserved after insert or update on ledger_balance
  deferrable initially deferred for each row when (new.is_held) execute function ledger_check_held();
