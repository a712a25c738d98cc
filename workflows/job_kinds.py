"""Every kind of job, and the function that does it: `module:function`, imported when the first such job runs.

function(context: JobContext) -> a result that JSON can hold. It calls context.progress.report often enough that
cancelling feels prompt, does its writing in one transaction (or in steps that each stand by themselves, as forecasts
do), and raises InputError for what the user can mend.
"""

JOB_KINDS = {
    "backtest": "workflows.backtest_job:run_backtest_job",
    "judge": "workflows.judge_job:run_judge_job",
    "forecast": "workflows.forecast_command:run_forecast_job",
    "import": "workflows.import_job:run_import_job",
    "siting": "workflows.siting_job:run_siting_job",
    "layer": "workflows.layer_job:run_layer_job",
    "road_times": "workflows.road_times:run_road_times_job",
}
