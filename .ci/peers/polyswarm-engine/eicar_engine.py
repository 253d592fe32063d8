"""An engine as the library's users write one: it knows the EICAR test file, and bids all that it may."""

import polyswarm_engine
from polyswarm_engine.bidutils import bid_max
from polyswarm_engine.bounty import get_artifact_bytes
from polyswarm_engine.constants import BENIGN, EICAR_CONTENT, MALICIOUS

engine = polyswarm_engine.EngineManager('peer')


@engine.register_analyzer
def analyze(bounty):
    is_eicar = EICAR_CONTENT in get_artifact_bytes(bounty)
    return {
        'verdict': MALICIOUS if is_eicar else BENIGN,
        'bid': bid_max(bounty),
        'metadata': {'malware_family': 'EICAR' if is_eicar else ''},
    }


if __name__ == '__main__':
    engine.cli()
