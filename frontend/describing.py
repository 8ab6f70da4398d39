"""Asking the supervisor what it does, and has done; ApiError when it does not say."""

from frontend.client import SupervisorClient
from protocol.figures import DescribeFigures, FigureDescription
from protocol.pool import DescribePool, PoolDescription


async def describe_pool(client: SupervisorClient) -> PoolDescription:
    answer = await client.request(lambda id_: DescribePool(id=id_))
    assert isinstance(answer, PoolDescription)
    return answer


async def describe_figures(client: SupervisorClient) -> FigureDescription:
    answer = await client.request(lambda id_: DescribeFigures(id=id_))
    assert isinstance(answer, FigureDescription)
    return answer
