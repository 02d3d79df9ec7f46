"""A stand-in for IBM's server, under the runtime's own service, backend, batch, job and decoders.

Only the HTTP client is replaced: what it is handed is what would go over the wire, and it answers with what the server
would answer. Programs are run by the runtime's own local simulator of quantum programs.
"""

import copy
import functools
import json

import numpy as np
import pytest
from ibm_quantum_schemas.common import CompressedTensorModel
from ibm_quantum_schemas.executor.version_2_0.models import ParamsModel, QuantumProgramResultModel
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.accounts import Account
from qiskit_ibm_runtime.fake_provider import FakeLagosV2
from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program.converters.converters_2_0 import (
    passthrough_data_to_2_0,
    quantum_program_from_2_0,
)

import qcoll
from qcoll.device.device_noise import device_noise

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:4567::"
TOKEN = "secret-token-that-must-never-be-seen-anywhere-0123456789"


#: What was answered to what was sent.
RESULTS = {}


@functools.cache
def simulator():
    """The device's noise is the same for all jobs."""
    fake = FakeLagosV2()
    return AerSimulator.from_backend(fake, noise_model=device_noise(fake.target, fake.name))


class Server:
    """The far end of the wire, with the names of the runtime's HTTP client."""

    def __init__(self):
        self._instance = CRN
        self.fake = FakeLagosV2()
        self.name = "ibm_lagos"
        self.submitted = []
        self.sessions = []
        self.state = {"status": "Completed"}
        self.status_msg = "active"
        self.operational = True
        self.lost = False
        self.drop_register = False

    def list_backends(self, *_):
        return [{"name": self.name, "qubits": 7, "queue_length": 3, "status": {"name": "online"}}]

    def backend_configuration(self, backend_name, **_):
        found = copy.deepcopy(self.fake._get_conf_dict_from_json())
        found.update(backend_name=self.name, local=False, simulator=False)
        found["online_date"] = "2021-01-01T00:00:00+00:00"
        return found

    def backend_properties(self, *_, **__):
        self.fake._set_props_dict_from_json()
        found = copy.deepcopy(self.fake._props_dict)
        found["backend_name"] = self.name
        return found

    def backend_status(self, _):
        return {
            "backend_name": self.name,
            "backend_version": "1.0.0",
            "operational": self.operational,
            "pending_jobs": 3,
            "status_msg": self.status_msg,
        }

    def cloud_usage(self):
        return {"usage_limit_reached": False}

    def program_run(self, **call):
        self.submitted.append(call)
        return {"id": f"job{len(self.submitted) - 1}", "backend": self.name}

    def create_session(self, backend, instance, max_time, mode):
        self.sessions.append(mode)
        return {"id": f"session{len(self.sessions)}"}

    def close_session(self, _):
        self.sessions.append("closed")

    def job_get(self, job_id, **_):
        if self.lost:
            from qiskit_ibm_runtime.api.exceptions import RequestsApiError

            raise RequestsApiError("not found", 404)
        return self._job(int(job_id.removeprefix("job")))

    def jobs_get(self, job_tags=None, **_):
        found = [
            self._job(index)
            for index, call in enumerate(self.submitted)
            if set(job_tags or []) <= set(call["job_tags"] or [])
        ]
        return {"jobs": found, "count": len(found)}

    def job_metadata(self, _):
        return {"usage": {"qpu_charge_time_seconds": 3, "quantum_seconds": 3, "status": "complete"}}

    def job_results(self, job_id):
        sent = self.submitted[int(job_id.removeprefix("job"))]["params"]
        key = json.dumps(sent, sort_keys=True, default=str), self.drop_register
        if key not in RESULTS:  # the seed is the same, and so are the counts
            RESULTS[key] = self._run(sent)
        return RESULTS[key]

    def _run(self, sent):
        params = ParamsModel.model_validate(sent)
        program, _ = quantum_program_from_2_0(params)
        for item in program.items:
            if hasattr(item, "samplex"):
                item.samplex.finalize()
        result = run_quantum_program(simulator(), program, SimulatorOptions(seed_simulator=11))
        data = []
        for item in result:
            arrays = {("other" if self.drop_register else name): value for name, value in item.items()}
            tensors = {name: CompressedTensorModel.from_numpy(np.asarray(value)) for name, value in arrays.items()}
            data.append({"results": tensors, "metadata": {}})
        return QuantumProgramResultModel(
            schema_version="v2.0",
            data=data,
            metadata={"chunk_timing": []},
            passthrough_data=passthrough_data_to_2_0(program.passthrough_data),
            semantic_role=params.quantum_program.semantic_role,
        ).model_dump_json()

    def executions(self, index=0):
        """How often a job runs anything: by its arrays, as the server would count."""
        program, _ = quantum_program_from_2_0(ParamsModel.model_validate(self.submitted[index]["params"]))
        return sum(program.shots * int(item.size()) for item in program.items)

    def _job(self, index):
        call = self.submitted[index]
        return {
            "id": f"job{index}",
            "backend": self.name,
            "program": {"id": call["program_id"]},
            "tags": call["job_tags"],
            "state": self.state,
            "status": self.state["status"],
            "created": "2026-11-01T00:00:00Z",
        }

    def inputs(self, index=0):
        """What was sent for a job, as plain data."""
        return json.loads(json.dumps(self.submitted[index]["params"]))


def service_on(server):
    service = QiskitRuntimeService.__new__(QiskitRuntimeService)
    account = Account.create_account(channel="ibm_quantum_platform", token=TOKEN, instance=CRN)
    vars(service).update(
        _account=account,
        _channel="ibm_quantum_platform",
        _backend_configs={},
        _api_clients={CRN: server},
        _active_api_client=server,
        _default_instance=True,
        _saved_instances=[],
        _instance_auto=True,
        _backends_info_per_instance={},
        _backend_instance_groups=[],
        _all_instances=[],
    )
    return service


@pytest.fixture
def token():
    return TOKEN


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def service(server):
    return service_on(server)


@pytest.fixture(scope="session")
def model():
    return qcoll.example_2(alpha=0.4, dt=0.5, kappa=1.0)


@pytest.fixture(scope="session")
def compiled(model):
    return qcoll.compile_collisions(model, n=4, initial="+", trotter_order=1)
