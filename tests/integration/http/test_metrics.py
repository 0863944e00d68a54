"""What a scrape of ``/metrics`` finds: figures of the plugin host of all processes, and nobody's data."""

import asyncio

from ankuan.banking.switch_plugin import switch_plugin
from tests.fixtures.stage import SYSTEM
from tests.fixtures.stages import Play


async def scrape(play: Play) -> str:
    answer = await play.served.http.get(play.served.address + "/metrics")
    assert answer.status_code == 200
    return answer.text


async def test_the_hosts_figures_stand_beside_the_processes_own(play: Play) -> None:
    await play.eye.do("insert into plugin_call values ('bank_citic', 'pay', 3, 1, 900, '{1,0,0,0,0,1,0,0,0,0,0,0,1}')")
    told = await scrape(play)
    assert "python_info" in told
    for line in (
        'ankuan_plugin_calls_total{operation="pay",plugin="bank_citic"} 3.0',
        'ankuan_plugin_failures_total{operation="pay",plugin="bank_citic"} 1.0',
        'ankuan_plugin_call_seconds_bucket{le="0.25",operation="pay",plugin="bank_citic"} 2.0',
        'ankuan_plugin_call_seconds_bucket{le="+Inf",operation="pay",plugin="bank_citic"} 3.0',
        'ankuan_plugin_call_seconds_sum{operation="pay",plugin="bank_citic"} 0.9',
        'ankuan_bank_circuit{plugin="bank_citic",state="closed"} 0.0',
        'ankuan_bank_queue{plugin="bank_citic"} ',
    ):
        assert line in told
    for secret in ("8112501", "6217", "执"):
        assert secret not in told


async def test_the_api_notices_within_seconds_that_a_plugin_is_switched_off(play: Play) -> None:
    services = play.served.services
    async with services.database.write(SYSTEM) as session:
        await switch_plugin(
            session,
            plugin_id="bank_citic",
            enabled=False,
            reason="银行升级",
            plugins=services.plugins,
            now=services.clock.now(),
        )
    async with asyncio.timeout(10):
        while "bank_citic" not in services.plugins.state.switched_off:  # noqa: ASYNC110 - exactly this is the question
            await asyncio.sleep(0.1)
    assert 'ankuan_plugin_switched_off{plugin="bank_citic"} 1.0' in await scrape(play)
